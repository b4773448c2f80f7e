#include "media/h26x.h"
