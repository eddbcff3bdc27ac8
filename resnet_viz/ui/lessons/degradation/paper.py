"""What the paper measured, and how the recorded networks were trained beside it."""

from __future__ import annotations

from resnet_viz.text import Lesson
from resnet_viz.training.recipe_text import RecipeParts, parse_recipe
from resnet_viz.ui.kit.prose import explain, tell
from resnet_viz.ui.kit.words import quoted, sentence_instead
from resnet_viz.ui.lessons.degradation.recorded_runs import cifar_runs


def show(words: Lesson) -> None:
    """The paper's errors, then the recipe of the recorded networks."""
    explain(words, "paper")
    with sentence_instead():
        _recipe(words)


def _recipe(words: Lesson) -> None:
    from resnet_viz.nets.weights import card, history

    name = cifar_runs()[0][2]
    known = card(name)
    recipe = recipe_told(known.recipe, words)
    epochs = len(history(name).epochs)
    tell(words.say("cifar_recipe", recipe=recipe, epochs=epochs, pictures=quoted(known.data)), "degradation/recipe")


def recipe_told(recipe: str, words: Lesson) -> str:
    """What a card says of a recipe, in this language; a text that is no recipe's as it stands."""
    parts = parse_recipe(recipe)
    return recipe_said(parts, words) if parts else quoted(recipe)


def recipe_said(parts: RecipeParts, words: Lesson) -> str:
    """A recipe in this language."""
    say = words.say
    told = [
        say("recipe_nesterov" if parts.nesterov else "recipe_momentum", value=parts.momentum),
        say(f"recipe_decay_{parts.decayed}", value=parts.weight_decay) if parts.weight_decay else words.labels["recipe_no_decay"],
        say("recipe_batch", value=parts.batch),
        say(f"recipe_{parts.unit}", value=parts.length),
        say("recipe_one_cycle" if parts.schedule == "one-cycle" else "recipe_rate", value=parts.lr),
        *(say("recipe_falls", steps=" · ".join(f"{step:,}" for step in parts.falls)) for _ in parts.falls[:1]),
        *(say("recipe_warm_up", value=parts.warm_up_lr, until=parts.warm_up_until) for _ in [0] if parts.warm_up_lr),
        *(say("recipe_smoothed", value=parts.smoothing) for _ in [0] if parts.smoothing),
        _seen(parts, words),
        *(say("recipe_tested", side=parts.test_side) for _ in [0] if parts.test_side),
        *(say("recipe_tested_every", every=parts.test_every) for _ in [0] if parts.test_every > 1),
        say("recipe_precision", value=parts.precision),
    ]
    return " · ".join(told)


def _seen(parts: RecipeParts, words: Lesson) -> str:
    """What becomes of the pictures."""
    if parts.crop:
        grown = {"first": parts.first_crop, "last": parts.crop, "area": parts.least_area}
        return words.say("recipe_parts" if parts.first_crop < parts.crop else "recipe_parts_alike", **grown)
    return words.say("recipe_cropped", pixels=parts.pad) if parts.pad else words.labels["recipe_flipped"]
