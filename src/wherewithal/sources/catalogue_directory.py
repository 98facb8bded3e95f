"""Merchants and programs: two CSV files, read together."""

from collections.abc import Collection, Mapping
from pathlib import Path

from wherewithal.sources.catalogue_csv import Table, cell, check_columns, read_csv
from wherewithal.sources.catalogue_fields import Fields
from wherewithal.sources.catalogue_programs import (
    CELL_KINDS,
    FOUR_DIGITS,
    MCC_EXPECTED,
    OPTIONAL,
    read_program,
)
from wherewithal.sources.catalogue_text import Row, note_duplicates, refuse_if_any
from wherewithal.vocabulary.errors import Problem
from wherewithal.vocabulary.merchant import Directory, Merchant
from wherewithal.vocabulary.program import Program

_PROGRAM_COLUMNS = Program.__struct_fields__
_MERCHANT_COLUMNS = Merchant.__struct_fields__
_MERCHANT_KINDS = {"joined_on": "day", "program_ids": "list", "is_paused": "flag"}
_MCC_COLUMNS = (
    "mcc",
    "edited_description",
    "combined_description",
    "usda_description",
    "irs_description",
    "irs_reportable",
)


def load_directory(
    merchants_csv: Path, programs_csv: Path, *, mcc_codes: Collection[str]
) -> Directory:
    """Read the directory of merchants and the programs that they offer.

    Lists inside a cell are parted by semicolons; an empty optional cell means none, or all states.
    Errors: CatalogueRefused with every problem of both files, by line and field.
    """
    problems: list[Problem] = []
    programs, program_ids = _programs(programs_csv, mcc_codes=mcc_codes, problems=problems)
    merchants: list[Merchant] = []
    table = read_csv(merchants_csv, problems)
    if table is not None and check_columns(
        table, required=_MERCHANT_COLUMNS, known=_MERCHANT_COLUMNS, problems=problems
    ):
        for row in _typed(table, _MERCHANT_KINDS):
            fields = Fields(row, problems)
            merchants.append(_merchant(fields, mcc_codes=mcc_codes, program_ids=program_ids))
        note_duplicates(_keys(table, "merchant_id"), name="merchant_id", problems=problems)
    refuse_if_any(problems)
    return Directory(merchants=tuple(merchants), programs=tuple(programs))


def load_programs(programs_csv: Path, *, mcc_codes: Collection[str]) -> tuple[Program, ...]:
    """Read programs alone, as `load_directory` does.

    Errors: CatalogueRefused with every problem, by line and field.
    """
    problems: list[Problem] = []
    programs, _ = _programs(programs_csv, mcc_codes=mcc_codes, problems=problems)
    refuse_if_any(problems)
    return tuple(programs)


def load_mcc_codes(path: Path) -> dict[str, str]:
    """Read the public list of merchant category codes: the description of each code.

    Errors: CatalogueRefused with every problem, by line and field.
    """
    problems: list[Problem] = []
    codes: dict[str, str] = {}
    table = read_csv(path, problems)
    if table is not None and check_columns(
        table, required=_MCC_COLUMNS[:2], known=_MCC_COLUMNS, problems=problems
    ):
        for row in table.rows:
            # The public list is shipped as published, spaces around its words included.
            words = {name: str(text).strip() for name, text in row.values.items()}
            fields = Fields(Row(row.place, words), problems)
            code = fields.code("mcc", FOUR_DIGITS, "four digits")
            codes[code] = fields.text("edited_description", length_max=500)
        note_duplicates(_keys(table, "mcc"), name="mcc", problems=problems)
    refuse_if_any(problems)
    return codes


def _programs(
    path: Path, *, mcc_codes: Collection[str], problems: list[Problem]
) -> tuple[list[Program], set[str] | None]:
    """Return the programs and their ids; no ids where the file cannot be used."""
    table = read_csv(path, problems)
    required = [name for name in _PROGRAM_COLUMNS if name not in OPTIONAL]
    if table is None or not check_columns(
        table, required=required, known=_PROGRAM_COLUMNS, problems=problems
    ):
        return [], None
    programs = [
        read_program(Fields(row, problems), house_product=None, mcc_codes=mcc_codes)
        for row in _typed(table, CELL_KINDS)
    ]
    note_duplicates(_keys(table, "program_id"), name="program_id", problems=problems)
    return programs, {key for _, key in _keys(table, "program_id")}


def _typed(table: Table, kinds: Mapping[str, str]) -> list[Row]:
    """Return the records with each cell read as its column's kind."""
    return [
        Row(
            row.place,
            {name: cell(str(text), kinds.get(name, "text")) for name, text in row.values.items()},
        )
        for row in table.rows
    ]


def _keys(table: Table, name: str) -> list[tuple[str, str]]:
    return [(row.place, str(row.values[name])) for row in table.rows]


def _merchant(
    fields: Fields, *, mcc_codes: Collection[str], program_ids: Collection[str] | None
) -> Merchant:
    """Read one merchant; where the programs' file is unusable, its ids are not checked."""
    merchant_id = fields.identifier("merchant_id")
    name = fields.text("name")
    mcc = fields.code("mcc", mcc_codes, f"one of the {MCC_EXPECTED}")
    joined_on = fields.day("joined_on")
    offered: tuple[str, ...] = ()
    if program_ids is not None:
        offered = fields.codes("program_ids", program_ids, "a program_id of the programs' file")
    is_paused = fields.flag("is_paused")
    return Merchant(
        merchant_id=merchant_id,
        name=name,
        mcc=mcc,
        joined_on=joined_on,
        program_ids=offered,
        is_paused=is_paused,
    )
