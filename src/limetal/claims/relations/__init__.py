"""One file per physical relation; each knows quantities, no paper."""
