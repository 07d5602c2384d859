#pragma once
#include "model/trace/trace_snapshot.h"
