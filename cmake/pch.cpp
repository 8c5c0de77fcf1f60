// pch.cpp - the source that CMake needs to hang the precompiled header on.
