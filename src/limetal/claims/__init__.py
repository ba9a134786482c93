"""Relations between ledger entries: do published numbers belong together, and do they fit the data."""

from limetal.claims.audit import audit, stated_entries
from limetal.claims.base import Case, Relation, Verdict, VerdictWord

__all__ = ["Case", "Relation", "Verdict", "VerdictWord", "audit", "stated_entries"]
