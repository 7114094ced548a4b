// The page's widgets go here.
