"""The page *Teach*: a class is opened, watched and closed here."""
