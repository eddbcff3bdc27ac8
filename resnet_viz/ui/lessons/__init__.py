"""One folder a lesson: what only this lesson's page shows. No lesson imports another."""
