"""Statistics of a few cells: means with intervals, lives with censoring, and the difference of two groups.

Everything takes plain arrays and knows nothing of batteries. Papers have three to five cells of a kind, so every
interval here is one whose coverage holds for few: what so few cannot tell is infinite or "not reached".
"""
