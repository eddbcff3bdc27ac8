"""The residual block: y = F(x) + x, one operation at a time."""

from resnet_viz.nets.plan import plan
from resnet_viz.nets.presets import preset
from resnet_viz.ui.kit import network_picker, prediction
from resnet_viz.ui.kit.page import open_page, stage
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.lessons.block import controls, step_by_step

words = open_page("block")
spec = network_picker.current(preset("cifar_resnet20"))
block = controls.chosen_block(spec)
picture, panel = stage("block")
answered = prediction.answered(step_by_step.QUESTION)
with panel:  # beside the steps, which one goes through before one answers
    if not answered:
        step_by_step.predict_silence(words)
    controls.choose_ways(spec, block, words, answered=answered)
    if answered:
        controls.try_it(words)
        step_by_step.predict_silence(words)
    controls.say_cut_short(spec, block, words)
    controls.choose_more(spec, block, words)
with picture:
    step_by_step.show(plan(spec, network_picker.current_size(spec)), block, words, answered=answered)
explain(words, "sum")
explain(words, "branch", "silence", after=step_by_step.QUESTION)
explain(words, "order", "norm")
