/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/vortex/inflow.h"

double
sf_inflow_deg (enum sf_inflow inflow, double ratio)
{
  switch (inflow)
    {
    case SF_INFLOW_CONSTANT:
      return 20;
    case SF_INFLOW_MCCONOCHIE:
      return ratio < 1 ? 10 * ratio : ratio < 1.2 ? 10 + 75 * (ratio - 1) : 25;
    default:
      return 0;
    }
}
