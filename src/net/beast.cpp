// The one compilation of Boost.Beast's implementation (BOOST_BEAST_SEPARATE_COMPILATION).
#include <boost/beast/src.hpp>
