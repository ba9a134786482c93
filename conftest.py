"""One thread for small matrices in every test process: several processes that wait for each other take seconds."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Tests read files anew, and leave nothing in the cache of the user; tests of the cache name a folder of their own.
os.environ["LIMETAL_CACHE"] = "off"
