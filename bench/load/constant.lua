-- The same request over and over: headers come from wrk's own -H.
dofile(os.getenv("BENCH_LOAD") .. "/report.lua")
