"""Figures as people read them."""


def significant(value: float, digits: int = 3) -> str:
    """12345 -> 12,345; 12.345 -> 12.3; 0.0012345 -> 0.00123."""
    if value == 0:
        return "0"
    whole = len(str(int(abs(value)))) if abs(value) >= 1 else 0
    if whole >= digits:
        return f"{value:,.0f}"
    if whole:
        return f"{value:.{digits - whole}f}"
    return f"{value:.{digits}g}"


def seconds(value: float) -> str:
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if abs(value) >= size:
            return f"{significant(value / size)} {unit}"
    return "0 s" if value == 0 else f"{significant(value / 1e-9)} ns"


def mebibytes(value: float) -> str:
    return f"{value / 1048576:.1f} MiB"


def rate(value: float) -> str:
    return f"{significant(value)}/s"


def times(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"
