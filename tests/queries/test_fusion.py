from vrs_app.queries.fusion import fused, ranks


def test_what_both_rankings_know_comes_before_what_one_knows() -> None:
    by_looks = {"a": 1, "b": 2, "c": 3}
    by_words = {"d": 1, "c": 2}
    assert fused([(0.5, by_looks), (0.5, by_words)])[0] == "c"


def test_scores_are_those_of_the_source() -> None:
    """1/61 and 1/63 for "a", twice 1/62 for "b"."""
    first, second = {"a": 1, "b": 2}, {"b": 2, "a": 3}
    assert fused([(1, first), (1, second)]) == ["a", "b"]
    assert 1 / 61 + 1 / 63 > 2 / 62


def test_the_weight_decides_between_rankings() -> None:
    by_looks, by_words = {"a": 1, "b": 2}, {"b": 1, "a": 2}
    assert fused([(0.9, by_looks), (0.1, by_words)]) == ["a", "b"]
    assert fused([(0.1, by_looks), (0.9, by_words)]) == ["b", "a"]


def test_a_ranking_without_weight_brings_nothing_in() -> None:
    assert fused([(1, {"a": 1}), (0, {"b": 1})]) == ["a"]


def test_equal_scores_share_one_rank() -> None:
    assert ranks({"a": 0.5, "b": 0.9, "c": 0.5, "d": 0.1}) == {"b": 1, "a": 2, "c": 2, "d": 3}


def test_of_nothing_comes_nothing() -> None:
    assert fused([(1, {}), (1, {})]) == []
    assert ranks({}) == {}
