// See boost/cobalt/fake.hpp.
#include <boost/cobalt/fake.hpp>
