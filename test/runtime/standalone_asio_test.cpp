// The completion token with the real Asio that needs no Boost, in one program with the
// other.

#define NOSTALL_STANDALONE_ASIO
#include <asio.hpp>
#if ASIO_VERSION < 102300
#include <asio/experimental/as_tuple.hpp>
using asio::experimental::as_tuple;
#else
using asio::as_tuple;
#endif

#include <system_error>

using asio_exception = std::system_error;
#define ASIO_SUITE StandaloneAsio
#include "asio_tests.h"
