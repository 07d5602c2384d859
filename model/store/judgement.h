#pragma once
#include "model/trace/judgement.h"
