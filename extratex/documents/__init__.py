"""Every uploaded or generated file: quarantined, checked, hashed, and served to those who may read it."""
