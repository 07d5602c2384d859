# QCustomPlot as the target clew_charts. Debian's package carries a CMake config without a link interface;
# other distributions have only a library, under one of these names.
add_library(clew_charts INTERFACE)
find_package(QCustomPlotQt6 CONFIG QUIET)
if(TARGET QCustomPlotQt6::QCustomPlotQt6)
  target_link_libraries(clew_charts INTERFACE QCustomPlotQt6::QCustomPlotQt6)
else()
  find_library(QCUSTOMPLOT_LIBRARY NAMES QCustomPlotQt6 qcustomplot-qt6 qcustomplot REQUIRED)
  find_path(QCUSTOMPLOT_INCLUDE_DIR qcustomplot.h REQUIRED)
  target_link_libraries(clew_charts INTERFACE ${QCUSTOMPLOT_LIBRARY})
  target_include_directories(clew_charts SYSTEM INTERFACE ${QCUSTOMPLOT_INCLUDE_DIR})
endif()
target_link_libraries(clew_charts INTERFACE Qt6::Widgets Qt6::PrintSupport)
