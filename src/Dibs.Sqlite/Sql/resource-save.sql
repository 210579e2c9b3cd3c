-- Writes a resource back at the end of a step that changed it.
-- Parameters: ?1 ns, ?2 name, ?3 held, ?4 waiting, ?5 capacity.
-- Cost: one search.
INSERT INTO resource (ns, name, held, waiting, capacity) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (ns, name) DO UPDATE SET held = excluded.held, waiting = excluded.waiting, capacity = excluded.capacity
