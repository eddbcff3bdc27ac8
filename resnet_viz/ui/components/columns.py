"""Numbers beside a component's data, as the bytes that they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def column(values: npt.NDArray[Any]) -> object:
    """The values, in their order, as an Arrow table of one column, which `shared/columns.js` reads.

    Streamlit would make the same of an array by way of pandas and take 2 ms for it.
    """
    import pyarrow as pa  # type: ignore[import-untyped]  # with the first page that needs it

    return pa.table({"values": np.ascontiguousarray(values).ravel()})
