"""nostall, a linter for C++20 coroutines. The program lies in the folder of scripts."""
