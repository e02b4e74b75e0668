"""What a row resembles: organisations that are registered, and earlier rows of the same list."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from clusters.duplicates import Duplicate, likely_duplicates_of_each
from clusters.enums import OrganisationStatus, RowChoice, RowState
from clusters.models import ImportedRow, MemberImport, Organisation
from clusters.rules.likeness import ALIKE, Profile, compare

SURE = 0.9
BEGINNING = 5
LARGEST_BLOCK = 200
SAME_NUMBERS = ("same_vat", "same_pic")
TAKEN_FROM = (OrganisationStatus.SUBMITTED, OrganisationStatus.CHANGES_REQUESTED, OrganisationStatus.VALIDATED)


def found_for(rows: Sequence[ImportedRow]) -> list[list[Duplicate]]:
    """Return for each row the registered organisations that are likely the one it means."""
    return likely_duplicates_of_each([Profile(**row.identity) for row in rows])


def may_be_taken(organisation: Organisation, member_import: MemberImport) -> bool:
    """Tell whether the cluster of the import looks after the organisation, and it still takes part."""
    return organisation.reference_cluster_id == member_import.cluster_id and organisation.status in TAKEN_FROM


def propose(row: ImportedRow, duplicates: list[Duplicate], member_import: MemberImport) -> None:
    """Note on a row what it resembles, and propose what shall become of it."""
    row.duplicates = [
        {
            "organisation": each.organisation.pk,
            "score": each.score,
            "reasons": [reason.as_json() for reason in each.reasons],
        }
        for each in duplicates
    ]
    if not duplicates:
        row.state, row.choice, row.existing = RowState.FINE, RowChoice.CREATE, None
        return
    best = duplicates[0]
    is_taken = best.score >= SURE and may_be_taken(best.organisation, member_import)
    row.state = RowState.DUPLICATE
    row.choice = RowChoice.TAKE if is_taken else RowChoice.LEAVE
    row.existing = best.organisation if is_taken else None


def has_a_number_in_common(row: ImportedRow) -> bool:
    """Tell whether VAT number or PIC of the row is registered already: then it cannot be created once more."""
    codes = {reason["code"] for each in row.duplicates for reason in each["reasons"]}
    return not codes.isdisjoint(SAME_NUMBERS)


def twins_among(rows: Iterable[ImportedRow]) -> dict[int, int]:
    """Return for rows that are likely the same as an earlier one of the list the number of that one, by their own."""
    profiles = [(row.number, Profile(**row.identity)) for row in rows if row.identity]
    twins: dict[int, int] = {}
    for block in _blocks(profiles):
        for place, (number, profile) in enumerate(block):
            for earlier, other in block[:place]:
                if compare(profile, other).score >= ALIKE:
                    twins[number] = min(twins.get(number, earlier), earlier)
                    break
    return twins


def _blocks(profiles: list[tuple[int, Profile]]) -> Iterator[list[tuple[int, Profile]]]:
    """Put together what shares a number, the website, the name or the beginning of one of its words."""
    blocks: dict[tuple[str, Any], list[tuple[int, Profile]]] = defaultdict(list)
    for number, profile in profiles:
        for key in _keys(profile):
            blocks[key].append((number, profile))
    for (kind, _value), block in blocks.items():
        if len(block) > 1 and (kind != "word" or len(block) <= LARGEST_BLOCK):
            yield block[:LARGEST_BLOCK]


def _keys(profile: Profile) -> set[tuple[str, str]]:
    exact = {("vat", profile.vat), ("pic", profile.pic), ("host", profile.host), ("name", " ".join(profile.words))}
    return {key for key in exact if key[1]} | {("word", word[:BEGINNING]) for word in profile.words}
