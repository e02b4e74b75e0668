"""Draws static/img/share.png, which stands beside a shared address of the portal; run it after a change of it.

The weave of the portal in its own colours; without words, so that one picture serves every language.
"""

from pathlib import Path

from PIL import Image, ImageDraw

TARGET = Path(__file__).resolve().parent.parent / "static/img/share.png"
WIDTH, HEIGHT, FINER = 1200, 630, 3
PAPER, ACCENT = (255, 255, 255), (10, 92, 107)
SHADES = ((10, 92, 107), (108, 157, 166), (181, 206, 210))
ENDS = 5
STRAND, UNDER, BAR, APART = 9, 18, 16, 19
LEFT, RIGHT, TOP, BOTTOM = 150, 1050, 95, 535
STEPS = 1400


def thread(pen: ImageDraw.ImageDraw, left: float, right: float, width: float, colour: tuple[int, int, int]) -> None:
    """Draw a thread from edge to edge that leaves and arrives level."""
    for step in range(STEPS + 1):
        along = step / STEPS
        x = FINER * (LEFT + (RIGHT - LEFT) * along)
        y = FINER * (left + (right - left) * (3 * along**2 - 2 * along**3))
        half = FINER * width / 2
        pen.ellipse([x - half, y - half, x + half, y + half], fill=colour)


def main() -> None:
    """Draw three times as large and shrink, so that the threads are smooth."""
    picture = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), PAPER)
    pen = ImageDraw.Draw(picture)
    places = [TOP + (BOTTOM - TOP) * number / (ENDS - 1) for number in range(ENDS)]
    pairs = [(origin, (origin + step) % ENDS) for step in (2, 3, 1, 4) for origin in range(ENDS)]
    for number, (origin, target) in enumerate(pairs):
        left = places[origin] + APART * ((target - origin) % ENDS - ENDS / 2)
        right = places[target] + APART * ((origin - target) % ENDS - ENDS / 2)
        for width, colour in ((UNDER, PAPER), (STRAND, SHADES[number % len(SHADES)])):
            thread(pen, left, right, width, colour)
    for x in (LEFT, RIGHT):
        for y in places:
            box = [(x - BAR / 2) * FINER, (y - 42) * FINER, (x + BAR / 2) * FINER, (y + 42) * FINER]
            pen.rounded_rectangle(box, radius=6 * FINER, fill=ACCENT)
    picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).quantize(64).save(TARGET, optimize=True)


if __name__ == "__main__":
    main()
