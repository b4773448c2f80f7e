# Installs what the page plays with into TO, for the build. Without a network edge is built without
# its page, and the next build tries again: TO/installed is there only after a success.
file(MAKE_DIRECTORY ${TO})
file(REMOVE ${TO}/installed)
file(COPY ${FROM}/package.json ${FROM}/package-lock.json DESTINATION ${TO})
execute_process(
  COMMAND ${NPM} ci --prefix ${TO} --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error
  RESULT_VARIABLE status)
if(status EQUAL 0)
  file(TOUCH ${TO}/installed)
else()
  file(REMOVE_RECURSE ${TO}/node_modules)
  message(WARNING "edge is built without its player page: npm could not fetch what it plays with. "
    "Build again when there is a network; -DWEIR_PAGE=OFF leaves the page out for good.")
endif()
