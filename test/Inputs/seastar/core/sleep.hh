// See seastar/fake.hh.
#include <seastar/fake.hh>
