"""One thread for small matrices in every test process: several processes that wait for each other take seconds."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
