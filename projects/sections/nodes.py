"""Taxonomy nodes (domain reference §7.1) that say something about a proposal which a checklist or a table asks for."""

NODES: dict[str, frozenset[str]] = {
    "internet_facing": frozenset({"B01", "B02", "B03", "B04"}),
    "mobile": frozenset({"B02", "E03"}),
    "uses_seals": frozenset({"A05", "C03"}),
    "uses_licences": frozenset({"A06", "D04"}),
    "uses_payment": frozenset({"B10"}),
    "common_functions": frozenset({"B05", "B07", "B09", "B11", "F03", "H01"}),
    "shares_data": frozenset({"G02", "G03", "G06"}),
    "cloud": frozenset({"L01"}),
}
