"""`resnet-viz`: starts the app where it is installed, and says what a machine can do for a class."""
