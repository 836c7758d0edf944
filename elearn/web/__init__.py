"""How it is shown: a blueprint a capability, a form beside its view. Reads by queries of store, writes by services."""
