"""The columns of a list of members: headings in several languages, examples, and what to do about a wrong cell."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise
from text_unidecode import unidecode

CONTACT = "contact_email"
NOT_WORDS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Column:
    """One column; `name` is the field of the registration that it fills.

    `kind` says how its cells are read: "text", "number", "flag", "choice", "terms" or "languages".
    """

    name: str
    label: StrOrPromise
    advice: StrOrPromise
    examples: tuple[str, str]
    kind: str = "text"
    required: bool = False
    synonyms: tuple[str, ...] = ()

    @property
    def headings(self) -> set[str]:
        """Return the folded headings under which the column is recognised."""
        return {folded(text) for text in (str(self.label), self.name, *self.synonyms)}


def folded(text: str) -> str:
    """Return a word as it is compared: without case, accents, signs and spaces."""
    return NOT_WORDS.sub("", unidecode(text).casefold())


COLUMNS: tuple[Column, ...] = (
    Column(
        "legal_name",
        _("Legal name"),
        _("Write the name as it stands in the commercial register, at most 300 characters."),
        ("Tessitura Esempio S.r.l.", "Beispiel Gewebe GmbH"),
        required=True,
        synonyms=(
            *("name", "company", "company name", "organisation", "organization", "firm", "member", "firma"),
            *("firmenname", "ragione sociale", "denominazione", "razón social", "raison sociale", "název", "názov"),
        ),
    ),
    Column(
        "type",
        _("Type of organisation"),
        _("Write one of the types of the sheet “Allowed values”, such as SME."),
        ("SME", "SME"),
        kind="choice",
        required=True,
        synonyms=("type", "kind", "organisation type", "organization type", "typ", "tipo"),
    ),
    Column(
        "scaling_up_kind",
        _("Kind of support organisation"),
        _("Only for scaling-up support organisations: write one of the kinds of the sheet “Allowed values”."),
        ("", ""),
        kind="choice",
        synonyms=("support kind", "scaling-up kind"),
    ),
    Column(
        "country",
        _("Country"),
        _("Write the English name or the two letters of a country that takes part, such as IT."),
        ("Italy", "DE"),
        kind="choice",
        required=True,
        synonyms=("country code", "land", "paese", "país", "pays", "země", "krajina"),
    ),
    Column(
        "town",
        _("Town"),
        _("Write the town alone, without postcode or region; the nearest one where the village is not known."),
        ("Prato", "Dresden"),
        required=True,
        synonyms=("city", "place", "ort", "stadt", "città", "ciudad", "ville", "město", "mesto"),
    ),
    Column(
        "address",
        _("Street and number"),
        _("At most 200 characters."),
        ("Via dei Tessitori 12", ""),
        synonyms=("address", "street", "straße", "indirizzo", "dirección", "adresse", "ulice"),
    ),
    Column(
        "postcode",
        _("Postcode"),
        _("At most 16 characters; format the column as text, so that leading zeros stay."),
        ("59100", "01067"),
        synonyms=("zip", "zip code", "postal code", "plz", "cap", "código postal", "code postal", "psč"),
    ),
    Column(
        "vat",
        _("VAT number"),
        _("Copy it from an invoice, with or without the prefix of the country, or leave the cell empty."),
        ("IT00743110157", ""),
        synonyms=("vat", "vat id", "vat no", "ust-id", "ust-idnr", "partita iva", "p.iva", "nif", "tva", "dič", "dic"),
    ),
    Column(
        "pic",
        _("PIC"),
        _("Write the nine digits of the participant identification code, or leave the cell empty."),
        ("", "999888777"),
        synonyms=("participant identification code", "pic number", "pic code"),
    ),
    Column(
        "website",
        _("Website"),
        _("Write a full address such as https://www.example.eu, or leave the cell empty."),
        ("https://www.example.eu", ""),
        synonyms=("web", "url", "homepage", "web site", "sito web", "sitio web", "site web"),
    ),
    Column(
        "headcount",
        _("Staff"),
        _("Write how many people work there in full-time equivalents, as a whole number. An SME has fewer than 250."),
        ("24", "110"),
        kind="number",
        synonyms=(
            *("headcount", "employees", "number of employees", "staff (full-time equivalents)", "fte"),
            *("mitarbeiter", "dipendenti", "empleados", "effectif", "zaměstnanci"),
        ),
    ),
    Column(
        "turnover_eur",
        _("Turnover a year (EUR)"),
        _("Write the sum in euro, such as 3100000 or 3.100.000,00; not in thousands."),
        ("3100000", "12.400.000,00"),
        kind="number",
        synonyms=("turnover", "turnover eur", "revenue", "umsatz", "fatturato", "facturación", "obrat"),
    ),
    Column(
        "balance_eur",
        _("Balance sheet total (EUR)"),
        _("Write the sum in euro, such as 2400000 or 2.400.000,00; not in thousands."),
        ("", "9.800.000,00"),
        kind="number",
        synonyms=("balance", "balance sheet", "balance sheet total", "bilanzsumme", "totale di bilancio"),
    ),
    Column(
        "sectors",
        _("Sectoral industries"),
        _("Write one or two of the sheet “Allowed values”, separated by semicolons."),
        ("Textile manufacturing", "Textile manufacturing; Automotive"),
        kind="terms",
        required=True,
        synonyms=("sector", "sectors", "industry", "industries", "branche", "settore", "sector industrial", "odvětví"),
    ),
    Column(
        "technologies",
        _("Technologies"),
        _("Write those of the sheet “Allowed values”, separated by semicolons, or leave the cell empty."),
        ("Nonwovens; Coating and laminating", ""),
        kind="terms",
        synonyms=("technology", "technologien", "tecnologie", "tecnologías", "technologie"),
    ),
    Column(
        "languages",
        _("Working languages"),
        _("Write English names or two letters, separated by semicolons, such as Italian; English."),
        ("Italian; English", "de, en"),
        kind="languages",
        required=True,
        synonyms=("languages", "language", "sprachen", "lingue", "idiomas", "langues", "jazyky"),
    ),
    Column(
        "description",
        _("What the organisation does"),
        _("At most 3,000 characters."),
        ("Weaves fabrics for bags and protective clothing.", ""),
        synonyms=("description", "activity", "activities", "beschreibung", "descrizione", "descripción"),
    ),
    Column(
        "is_cluster_member",
        _("Member of the cluster"),
        _("Write yes or no; an empty cell means yes."),
        ("yes", ""),
        kind="flag",
        synonyms=("member of cluster", "cluster member", "is member", "mitglied", "membro", "miembro"),
    ),
    Column(
        CONTACT,
        _("Contact e-mail"),
        _("Write one address, such as name@example.eu. It is used only to invite the person, when you ask for it."),
        ("name@example.eu", ""),
        synonyms=("e-mail", "email", "mail", "contact", "contact email", "contact e-mail", "correo", "courriel"),
    ),
)
BY_NAME = {column.name: column for column in COLUMNS}
REMARKS = (_("Remarks of the portal"), _("Row state"))


@dataclass(frozen=True)
class Headings:
    """What the headings of a file were found to mean: the place of each column, and what is wrong with them."""

    places: dict[str, int]
    unknown: tuple[str, ...] = ()
    missing: tuple[Column, ...] = ()
    doubled: tuple[str, ...] = ()


def recognised(headings: Sequence[str]) -> Headings:
    """Find the columns by their headings, in any order; a heading that stands twice is named, the first one counts."""
    known = {heading: column.name for column in reversed(COLUMNS) for heading in column.headings}
    own = {folded(str(remark)) for remark in REMARKS}
    places: dict[str, int] = {}
    unknown, doubled = [], []
    for place, heading in enumerate(headings):
        name = known.get(folded(heading.rstrip("* ")))
        if name is None:
            unknown += [heading] if heading and folded(heading) not in own else []
        elif name in places:
            doubled.append(heading)
        else:
            places[name] = place
    missing = tuple(column for column in COLUMNS if column.required and column.name not in places)
    return Headings(places, tuple(unknown), missing, tuple(doubled))
