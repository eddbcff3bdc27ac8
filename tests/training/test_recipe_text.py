"""What a card says of a recipe, taken apart, is the recipe."""

from __future__ import annotations

import itertools

import pytest

from resnet_viz.nets.weights import card, shipped
from resnet_viz.recorder.recipe import Recipe
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.training.recipe_text import parse_recipe
from resnet_viz.ui.lessons.degradation.paper import recipe_said

RECIPES = [
    Recipe(nesterov=nesterov, weight_decay=decay, pad=pad, precision="bfloat16" if pad else "float32", decayed=decayed, **rates)  # type: ignore[arg-type]
    for nesterov, (decay, decayed), pad, rates in itertools.product(
        (True, False),
        ((0.0, "all"), (0.0001, "all"), (0.0005, "weights")),
        (0, 4),
        (
            {"lr": 0.1, "schedule": "one-cycle", "epochs": 15},
            {"lr": 0.05, "schedule": "one-cycle", "steps": 2000},
            {"lr": 0.1, "schedule": "steps", "steps": 64_000, "falls": (32_000, 48_000)},
            {"lr": 0.1, "schedule": "steps", "steps": 64_000, "warm_up_lr": 0.01, "warm_up_until": 0.8},
            {"lr": 1e-5, "schedule": "steps", "epochs": 2},
            {"lr": 0.12345678, "schedule": "steps", "epochs": 2, "momentum": 0.9123456, "test_side": 64},
            {"lr": 2, "schedule": "steps", "epochs": 2, "warm_up_lr": 1e-7, "warm_up_until": 0.805, "test_every": 3},
        ),
    )
] + [
    Recipe(lr=0.1, schedule="one-cycle", epochs=15, pad=0, smoothing=smoothing, crop=112, least_area=area, **parts)
    for smoothing, area, parts in itertools.product(
        (0.0, 0.1),
        (0.35, 0.354, 0.07, 1.0),
        ({}, {"first_crop": 80}, {"test_side": 128}, {"first_crop": 96, "test_side": 192, "test_every": 4}),
    )
]


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_a_recipe_is_read_as_it_was_written(recipe: Recipe) -> None:
    found = parse_recipe(str(recipe))
    assert found
    for name in (
        "nesterov",
        "momentum",
        "weight_decay",
        "batch",
        "schedule",
        "lr",
        "falls",
        "warm_up_lr",
        "warm_up_until",
        "pad",
        "smoothing",
        "crop",
        "test_side",
        "test_every",
    ):
        assert getattr(found, name) == getattr(recipe, name), name
    assert found.first_crop == (recipe.first_crop or recipe.crop)
    assert found.least_area == (recipe.least_area if recipe.crop else 0)
    assert found.precision == recipe.precision
    assert (found.unit, found.length) == (("epochs", recipe.epochs) if recipe.epochs else ("steps", recipe.steps))
    if recipe.weight_decay:
        assert found.decayed == recipe.decayed
    for language in LANGUAGES:
        said = recipe_said(found, lesson("degradation", language))
        assert "{" not in said
        assert f"{recipe.lr:g}" in said


def test_no_two_recipes_are_written_alike() -> None:
    """By what is written a run is told from others."""
    assert len({str(recipe) for recipe in RECIPES}) == len({*RECIPES}) == len(RECIPES)


def test_another_text_is_no_recipe() -> None:
    assert parse_recipe("Adam, and patience") is None


def test_the_recipes_of_the_networks_for_photographs_are_read() -> None:
    texts = {card(name).recipe for name in shipped() if not card(name).experiment}
    assert texts
    assert all(map(parse_recipe, texts))
    chinese = [recipe_said(found, lesson("degradation", "zh")) for text in texts if (found := parse_recipe(text))]
    assert all("SGD" in said and "batch" not in said and "weight" not in said for said in chinese)
