// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call --config="{CheckOptions: {nostall-blocking-call.Strict: true}}"
// checks/models/test-frameworks.yaml: an assertion of each framework in a
// coroutine, and what blocks inside of one.
// needs: <gtest/gtest.h>
// needs: <boost/test/unit_test.hpp>
#define BOOST_TEST_MODULE nostall
#include <boost/test/unit_test.hpp>
#include <catch2/fake.hpp>
#include <co.h>
#include <doctest/fake.h>
#include <gtest/gtest.h>
#include <unistd.h>

int slow() { return sleep(1); }

co::task<> catch2(int value) {
  REQUIRE(value == 1);
  REQUIRE(slow() == 0); // warning: it reaches 'sleep'
  co_return;
}

co::task<> doctest_(int value) {
  CHECK(value == 1);
  CHECK(slow() == 0); // warning: it reaches 'sleep'
  co_return;
}

co::task<> googletest(int value) {
  EXPECT_EQ(value, 1) << "a message";
  EXPECT_EQ(slow(), 0); // warning: it reaches 'sleep'
  co_return;
}

co::task<> boost_test(int value) {
  BOOST_TEST(value == 1);
  BOOST_CHECK_EQUAL(value, 1);
  BOOST_REQUIRE(value);
  BOOST_TEST(slow() == 0); // warning: it reaches 'sleep'
  co_return;
}
