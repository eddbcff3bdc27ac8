"""`python -m resnet_viz.recorder`: see `command`."""

import sys

from resnet_viz.recorder.command import main

if __name__ == "__main__":
    sys.exit(main())
