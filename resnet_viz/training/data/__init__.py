"""Labelled pictures to train on: drawn shapes, CIFAR-10, folders."""
