"""An app of one page with figures of every kind, for the tests of what they are taken along as."""
