# Install rules and the Debian package: cmake --build build/release && (cd build/release && cpack -G DEB)

include(GNUInstallDirs)
set(share ${CMAKE_INSTALL_DATADIR})
install(FILES ${PROJECT_SOURCE_DIR}/packaging/org.clew.Clew.desktop DESTINATION ${share}/applications)
install(FILES ${PROJECT_SOURCE_DIR}/packaging/org.clew.Clew.metainfo.xml DESTINATION ${share}/metainfo)
install(FILES ${PROJECT_SOURCE_DIR}/packaging/org.clew.Clew.mime.xml DESTINATION ${share}/mime/packages)
install(FILES ${PROJECT_SOURCE_DIR}/packaging/clew.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${PROJECT_SOURCE_DIR}/resources/icons/clew.svg DESTINATION ${share}/icons/hicolor/scalable/apps
        RENAME org.clew.Clew.svg)
install(FILES ${PROJECT_SOURCE_DIR}/resources/icons/clew-symbolic.svg DESTINATION ${share}/icons/hicolor/symbolic/apps
        RENAME org.clew.Clew-symbolic.svg)
install(FILES ${PROJECT_SOURCE_DIR}/resources/samples/refund-agent.jsonl DESTINATION ${share}/clew/samples)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "The Clew authors")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Plug-ins and fonts are invisible to shlibdeps.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "qt6-qpa-plugins, libqt6svg6, fonts-inter, fonts-jetbrains-mono")
include(CPack)
