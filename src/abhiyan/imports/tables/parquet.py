"""Tables for analysts, as Parquet: written row group by row group, so that memory holds one group."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused

HAS_PARQUET = find_spec("pyarrow") is not None  # the extra `figures` may be left out
CONTENT_TYPE = "application/vnd.apache.parquet"
GROUP_ROWS = 65_536


class NoParquet(Refused, status=501):
    """The server lacks the extra that writes Parquet."""

    message = _(
        "This server cannot write Parquet files yet. Ask the person who keeps it to run: pip install abhiyan[figures]"
    )


@dataclass(frozen=True, slots=True)
class ParquetColumn:
    """kind: a type of Arrow by its name, such as "string", "int64", "date32", "bool". A required column has no null."""

    name: str
    kind: str
    is_required: bool = False


def require_parquet() -> None:
    """Refuse with NoParquet where the extra is missing."""
    if not HAS_PARQUET:
        raise NoParquet


def parquet_chunks(
    rows: Iterable[Sequence[Any]], columns: Sequence[ParquetColumn], *, about: dict[str, str]
) -> Iterator[bytes]:
    """Yield a Parquet file in pieces. about: facts of the file's own metadata. Refuses NoParquet."""
    require_parquet()
    import pyarrow as pa
    from pyarrow import parquet

    kinds = [pa.bool_() if column.kind == "bool" else getattr(pa, column.kind)() for column in columns]
    fields = [
        pa.field(column.name, kind, not column.is_required)
        for column, kind in zip(columns, kinds, strict=True)
    ]
    schema = pa.schema(fields, metadata=about)
    sink, source = _Sink(), iter(rows)
    with parquet.ParquetWriter(sink, schema, compression="zstd") as writer:
        while group := list(islice(source, GROUP_ROWS)):
            columns_of_group = zip(zip(*group, strict=True), kinds, strict=True)
            arrays = [pa.array(values, kind) for values, kind in columns_of_group]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """Holds what a writer wrote until it is taken; the writer never goes back."""

    def __init__(self) -> None:
        self._written, self._at = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written += data
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        return self._at

    def taken(self) -> bytes:
        data, self._written = bytes(self._written), bytearray()
        return data
