"""An evaluation as text, for the terminal and for the contact sheet."""

from collections.abc import Iterator

from .figures import Cut, Evaluation, PhotoSearch
from .similarities import FEWEST_PRODUCTS


def lines(found: Evaluation) -> Iterator[tuple[str, str]]:
    """The name and the value of each figure."""
    yield "Space", found.space
    yield "Products", _products(found)
    if found.precision is None:
        yield f"Precision@{found.k}", "unknown: give your Catalogue a `category`"
    else:
        chance = f" (chance {found.chance:.3f})" if found.chance is not None else ""
        yield f"Precision@{found.k}", f"{found.precision:.3f}{chance}"
    if found.photo_search is not None:
        yield "by photo", _by_photo(found.photo_search)
    yield from _recalls(found)
    yield (
        "Coverage",
        (
            f"{found.coverage.share:.1%} of products are among another's {found.k} most alike; "
            f"{found.coverage.never} never"
        ),
    )
    for each in found.coverage.most[:1]:
        yield "Most often", f"{each.title}: in {each.answers} answers"
    yield "Duplicates", _duplicates(found)
    yield (
        "Query",
        (
            f"{found.milliseconds_median:.1f} ms median, "
            f"{found.milliseconds_95:.1f} ms 95th percentile"
        ),
    )


def _by_photo(found: PhotoSearch) -> str:
    """The precision of search by photo, for the line below that of the pages."""
    precision = "unknown" if found.precision is None else f"{found.precision:.3f}"
    unreadable = f", {found.unreadable} unreadable" if found.unreadable else ""
    return f"{precision} of {found.asked} searches{unreadable}"


def _recalls(found: Evaluation) -> Iterator[tuple[str, str]]:
    if found.recall is None:
        yield f"Recall@{found.k}", "none: no usable index. Run: manage.py vrs_embed --index"
        return
    yield f"Recall@{found.k}", f"{found.recall:.3f} of the index against an exact scan"
    recalls = found.recall_by_ef_search.items()
    yield "by ef_search", ", ".join(_recall(*each, set_to=found.ef_search) for each in recalls)


def _recall(ef_search: int, recall: float, *, set_to: int) -> str:
    """The recall at one `ef_search`; that of the settings is marked."""
    return f"{ef_search}: {recall:.3f}{' (as set)' if ef_search == set_to else ''}"


def _products(found: Evaluation) -> str:
    parts = [f"{found.products} in {found.categories} categories" if found.categories else ""]
    parts[0] = parts[0] or str(found.products)
    if found.pictures != found.products:
        parts.append(f"{found.pictures} pictures")
    if found.asked != found.products:
        parts.append(f"{found.asked} asked")
    return ", ".join(parts)


def _duplicates(found: Evaluation) -> str:
    duplicates = found.duplicates
    noun = "pair" if duplicates.pairs == 1 else "pairs"
    return (
        f"{duplicates.pairs} {noun} among {duplicates.products} products, "
        f"at {duplicates.threshold} or above"
    )


def effect(cut: Cut, minimum: int) -> str:
    """The effect of a threshold; `minimum` is `VRS["MINIMUM"]`."""
    precision = "" if cut.precision is None else f", {cut.precision:.3f} of them right"
    return (
        f"{cut.kept:.0%} of neighbours stay{precision}; "
        f"{cut.filled:.0%} of products keep {minimum} or more"
    )


def advice(found: Evaluation) -> str:
    """The suggested threshold as a setting, or why there is none."""
    cut = found.suggestion
    if cut is None:
        return f"{FEWEST_PRODUCTS} products or more are needed to suggest a threshold."
    return f'Suggested: "THRESHOLD": {cut.threshold:g} in VRS, {cut.rule}.'
