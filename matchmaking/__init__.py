"""Who could meet whom: candidatures, the engine, proposals, meetings."""
