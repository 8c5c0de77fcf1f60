// The completion token with the real Boost.Asio.

#include <boost/asio.hpp>

namespace asio = boost::asio;
using asio::as_tuple;
using asio_exception = boost::system::system_error;
#define ASIO_SUITE Asio
#include "asio_tests.h"
