"""What several readers share: text, tables, workbooks, and the grammars of families of instruments."""
