"""`python -m resnet_viz.recorder`: see `record`."""

from resnet_viz.recorder.record import main

if __name__ == "__main__":
    main()
