"""Work that outlasts a page: a Dask cluster, the engine that looks after runs, the store that keeps them."""
